/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest.h"

#include <string.h>

static struct vms vms;
static struct maps maps;

int guest_enter(struct guest *guest, const struct root *root, pid_t pid)
{
	guest->ranges = 0;
	guest->is_vm = guest->has_vhost_user = false;
	vms.root = root;

	int taken = vms_take(&vms, pid, &guest->vm);

	if (taken <= 0)
		return taken;
	guest->is_vm = true;
	guest->has_vhost_user = memmem(vms.cmdline, vms.cmdline_len, "vhost-user", 10);
	return vm_find_ram(&guest->vm, root, &maps);
}

static bool find_range(const struct guest *guest, uint64_t va, struct guest_page *out)
{
	for (unsigned int i = 0; i < guest->ranges; i++) {
		const struct guest_range *range = &guest->range[i];

		if (va < range->hva || va - range->hva >= range->guest.size)
			continue;
		out->has_gpa = true;
		out->gpa = range->guest.gpa + (va - range->hva);
		out->gpa_src = "qmp";
		/* QEMU gives KVM a slot for each flat range (kvm_set_phys_mem(), accel/kvm). */
		out->has_memslot = true;
		out->memslot = range->guest.gpa;
		if (range->guest.region[0])
			out->backend = range->guest.region;
		return true;
	}
	return false;
}

void guest_find(
	const struct guest *guest, const struct vma *vma, uint64_t va, struct guest_page *out)
{
	struct vm_ram ram;

	*out = (struct guest_page){0};
	if (!guest->is_vm || find_range(guest, va, out) || !vm_is_ram(&guest->vm, vma, &ram))
		return;
	if (ram.backend)
		out->backend = ram.backend->id;
	/* Of memory that QEMU has nowhere, the layout would tell a lie. */
	out->has_gpa = !guest->ranges && vm_gpa(&guest->vm, &ram, va, &out->gpa);
	out->gpa_src = out->has_gpa ? "layout" : NULL;
}

bool guest_is_straight(const struct guest *guest, const struct vma *vma, uint64_t a, uint64_t b)
{
	struct guest_page x, y;

	if (!guest->is_vm)
		return true;
	guest_find(guest, vma, a, &x);
	guest_find(guest, vma, b, &y);
	return x.backend == y.backend && x.memslot == y.memslot && x.has_gpa == y.has_gpa &&
	       y.gpa - x.gpa == (x.has_gpa ? b - a : 0);
}
